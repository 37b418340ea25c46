"""Whatever text the contracts let in makes a mail, and reads back from it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from mweek_contracts.fields import Text
from mweek_notifier.domain.fleet import Contact
from mweek_notifier.rendering.mail import rendered
from pydantic import TypeAdapter, ValidationError

from tests.support.mailbox import read_mail
from tests.support.notifier_values import LETTERHEAD, MESSAGE_ID, NOW, OPS, TUESDAY, notice, slot_of

TEXT = TypeAdapter(Text)


def is_let_in(text: str) -> bool:
    try:
        TEXT.validate_python(text)
    except ValidationError:
        return False
    return True


@settings(deadline=None)  # the first mail compiles the templates
@given(st.text(min_size=1, max_size=120).filter(is_let_in))
def test_any_text_of_a_record_makes_a_mail_whose_subject_reads_back(text: str) -> None:
    about = notice(slot_of(TUESDAY, "acme01"), customer_name=text, contact=Contact(text, OPS.email))
    written = rendered(about, LETTERHEAD, message_id=MESSAGE_ID, dated_at=NOW)
    mail = read_mail(written.content)
    assert mail.recipient == OPS.email
    assert mail.subject == written.subject
    assert "".join(text.split()) in "".join(mail.text.split())

"""What the environment says to the notifier."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Self

from mweek_contracts.fields import EmailAddress, Text
from mweek_service.settings import ServiceSettings
from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import SettingsConfigDict

from mweek_notifier.delivery.mail_url import SmtpTarget, parse_mail_url
from mweek_notifier.domain.attempt import RetryPolicy
from mweek_notifier.domain.gathering import Patience
from mweek_notifier.domain.letterhead import Letterhead

EXAMPLE_SENDER: Final = "maintenance@mweek.example"
EXAMPLE_OPERATOR: Final = "operator@mweek.example"


def _mail_url(value: str) -> str:
    parse_mail_url(value)
    return value


class NotifierSettings(ServiceSettings):
    """Each setting is an environment variable, MWEEK_NOTIFIER_…; an empty one counts as absent."""

    model_config = SettingsConfigDict(env_prefix="MWEEK_NOTIFIER_")

    database_url: str = ServiceSettings.database_field("notifier")
    mail_url: Annotated[str, AfterValidator(_mail_url)] = Field(default="maildir:var/mail", repr=False)
    """maildir:PATH, smtp://host:port, smtps://user:password@host or smtp+starttls://user:password@host."""
    sender: EmailAddress = Field(default=EXAMPLE_SENDER)
    sender_name: Text = Field(default="Maintenance Week")
    operator_email: EmailAddress = Field(default=EXAMPLE_OPERATOR, validation_alias="MWEEK_OPERATOR_EMAIL")
    """Gets findings of the audit, and the customers' replies."""
    workers: int = Field(default=4, ge=1, le=64)
    """Mails in hand at once: as many connections to the mail server."""
    send_seconds: float = Field(default=60, gt=0, le=3_600)
    """How long handing over one mail may take; a claim lasts twice as long."""
    retry_seconds: float = Field(default=30, gt=0, le=3_600)
    """The delay before the second attempt; it doubles up to an hour."""
    attempts: int = Field(default=12, ge=1, le=100)

    gather_seconds: float = Field(default=60, ge=0, le=3_600)
    """News about single windows of a customer are one mail, once none has come for so long (service's clock)."""
    gather_longest_seconds: float = Field(default=300, ge=0, le=86_400)
    """So long after the first of them they are told in any case."""

    @model_validator(mode="after")
    def _real_addresses_for_real_mail(self) -> Self:
        if isinstance(parse_mail_url(self.mail_url), SmtpTarget):
            if self.sender == EXAMPLE_SENDER:
                raise ValueError("mails go to a mail server: set MWEEK_NOTIFIER_SENDER to an address of yours")
            if self.operator_email == EXAMPLE_OPERATOR:
                raise ValueError("mails go to a mail server: set MWEEK_OPERATOR_EMAIL to an address of yours")
        return self

    @property
    def letterhead(self) -> Letterhead:
        """Who the mails are from."""
        return Letterhead(self.sender_name, self.sender, self.operator_email)

    @property
    def retry_policy(self) -> RetryPolicy:
        """How often and how long apart a mail is tried."""
        return RetryPolicy(first_delay=timedelta(seconds=self.retry_seconds), attempts=self.attempts)

    @property
    def patience(self) -> Patience:
        """How long news about single windows are gathered."""
        quiet, at_most = (timedelta(seconds=span) for span in (self.gather_seconds, self.gather_longest_seconds))
        return Patience(quiet=quiet, at_most=at_most)

    @property
    def lease(self) -> timedelta:
        """How long a claim lasts: longer than any attempt, or a slow mail would be sent twice."""
        return timedelta(seconds=2 * self.send_seconds)

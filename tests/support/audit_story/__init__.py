"""Golden stories of the audit: a script of readable steps, and the transcript of what the auditor says."""

from tests.support.audit_story.script import StoryError, perform

__all__ = ["StoryError", "perform"]

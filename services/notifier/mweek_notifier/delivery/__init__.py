"""Ways for mails to leave: an SMTP server, or a maildir, so that nothing leaves a laptop."""

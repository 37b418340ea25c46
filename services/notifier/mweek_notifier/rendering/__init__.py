"""From a notice to the bytes of a mail: words, text, HTML, calendar, headers. No I/O but its own templates."""

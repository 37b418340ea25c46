"""Half-open windows and weekly calendars in a zone."""

"""Half-open windows and weekly calendars in a zone: `Window`, `WeeklyWindow`, `WeeklyCalendar`, and the `clock`."""

from mweek_timewindows.weekly import WEEKDAYS, WeeklyCalendar, WeeklyWindow
from mweek_timewindows.window import Window, merged, without
from mweek_timewindows.zone import UnknownZoneError

__all__ = ["WEEKDAYS", "UnknownZoneError", "WeeklyCalendar", "WeeklyWindow", "Window", "merged", "without"]

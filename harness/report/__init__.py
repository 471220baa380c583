"""Values to text: functions from a finished value to a string, a rich `Text` or a JSON value. They run nothing.

Whatever comes from a program under test (names, payloads, messages) passes through `printable` before it is shown,
so that a report has exactly the lines and colours that its author meant it to have.
"""

"""An execution as lanes, steps and the channels' contents: what every picture is drawn from.

All texts in a story are printable: whatever the program under test brought in (names, values, messages, source lines)
has been through `printable`, so no picture has to think of control characters, and each still escapes for its format.
"""

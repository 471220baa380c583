"""What may be written behind each command; its module is imported when the command is asked for."""

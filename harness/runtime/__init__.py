"""The only code that resumes coroutines: one execution at a time, every choice made by somebody else."""

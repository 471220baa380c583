"""What the harness is measured with: programs with known bugs, and how fast they run."""

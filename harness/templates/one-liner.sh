python -m pip install -q stream-race-harness && harness gate

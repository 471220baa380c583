python -m pip install -q "stream-race-harness==@VERSION@" && harness gate

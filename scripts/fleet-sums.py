#!/usr/bin/env python3
"""Whether a merged record holds what its shards' streams hold: every bucket of every histogram, added.

  fleet-sums.py MERGED-DIRECTORY STREAM...

Reads HdrHistogram's V2 encoding by itself, so that nothing of proofload vouches for proofload.
"""

import base64
import collections
import json
import pathlib
import sys
import zlib


def counts(text):
    """The counts of an encoded histogram by (digits, place)."""
    data = base64.b64decode(text)
    assert data[:4] == (0x1C849314).to_bytes(4, "big"), "not the deflated V2 format"
    data = zlib.decompress(data[8:])
    assert data[:4] == (0x1C849313).to_bytes(4, "big"), "not the V2 format"
    digits = int.from_bytes(data[12:16], "big")
    at, place, found = 40, 0, {}
    while at < len(data):
        value, shift = 0, 0
        for index in range(9):
            byte = data[at]
            at += 1
            if index == 8:
                value |= byte << shift
                break
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        value = (value >> 1) ^ -(value & 1)
        if value < 0:
            place -= value
        else:
            found[(digits, place)] = value
            place += 1
    return found


def main():
    merged, parts = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
    directory = pathlib.Path(sys.argv[1])
    for line in (directory / "latency.hlog").read_text().splitlines():
        if line.startswith("Tag="):
            fields = line.split(",")
            merged[fields[0][len("Tag=") :]].update(counts(fields[4]))
    due = 0
    for stream in sys.argv[2:]:
        for line in pathlib.Path(stream).read_text().splitlines():
            if line.startswith('{"n":'):
                said = json.loads(line)
                due += said.get("counters", {}).get("due", 0)
                for tag, text in said.get("latencies", {}).items():
                    parts[tag].update(counts(text))
    # Parts of calls have fewer digits by themselves than in a merged record: their places differ, their counts must not.
    for tag in sorted(parts.keys() | merged.keys()):
        ours, theirs = merged[tag], parts[tag]
        if {digits for digits, _ in theirs} != {digits for digits, _ in ours}:
            ours, theirs = sum(ours.values()), sum(theirs.values())
        if ours != theirs:
            sys.exit(f"{tag}: the merged record holds something else than its shards together")
    calls = sum(sum(found.values()) for tag, found in merged.items() if tag.endswith(("response.ok", "response.error")))
    told = json.loads((directory / "run.json").read_text())["result"]["arrivals"]["due"]
    if due != told:
        sys.exit(f"{told} arrivals were due in the merged record, and {due} in its shards")
    print(f"{len(merged)} histograms of {calls} calls and {due} arrivals: each bucket holds what the shards held together")


main()

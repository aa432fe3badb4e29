#!/usr/bin/env python3
"""A worker for Heddle in Python, with the standard library alone.

Run it:   python3 worker.py http://127.0.0.1:8080 pricing
It performs the operations of every service whose connector is `worker` and whose queue is `pricing`.
"""

import json
import sqlite3
import sys
import threading
import urllib.error
import urllib.request

LEASE_MS = 10_000


def post(engine, path, body, timeout=70):
    """Posts JSON; the answer's JSON, or None where there is none. Raises urllib.error.HTTPError on a refusal."""
    request = urllib.request.Request(
        engine + path, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=timeout) as response:
        text = response.read()
    return json.loads(text) if text else None


class Rejected(Exception):
    """I will not do this, and have done nothing."""


def price(job):
    """The work itself: interest of a discounted bill, in cents."""
    amount, days = job["input"]["amount"], job["input"]["days"]
    if days <= 0:
        raise Rejected("a bill that is due is not discounted")
    return {"interest": amount * days * 3 // 36000, "pricedBy": "python"}


OPERATIONS = {"price": price}


def perform(engine, job, done):
    """Does a job once per idempotency key, keeping its lease meanwhile, and answers."""
    finished = threading.Event()

    def keep():
        while not finished.wait(LEASE_MS / 3000):
            try:
                post(engine, f"/worker-jobs/{job['id']}/extend", {"token": job["token"], "leaseMs": LEASE_MS})
            except (urllib.error.URLError, OSError):
                return

    threading.Thread(target=keep, daemon=True).start()
    try:
        known = done.execute("SELECT output FROM done WHERE key = ?", (job["idempotencyKey"],)).fetchone()
        if known is None:
            output = OPERATIONS[job["operation"]](job)
            # A real worker writes this in the transaction that does the work.
            with done:
                done.execute("INSERT INTO done VALUES (?, ?)", (job["idempotencyKey"], json.dumps(output)))
        else:
            output = json.loads(known[0])
        answer = ("complete", {"output": output})
    except (Rejected, KeyError) as error:
        answer = ("fail", {"reason": "rejected", "message": str(error) or "rejected"})
    except Exception as error:  # whatever broke, it may have done something
        answer = ("fail", {"reason": "failed", "message": repr(error)})
    finally:
        finished.set()
    verb, body = answer
    try:
        post(engine, f"/worker-jobs/{job['id']}/{verb}", {"token": job["token"], **body})
    except urllib.error.HTTPError as error:
        if error.code != 409:  # the lease was lost: the job comes again under its key
            raise


def main(engine, queue):
    done = sqlite3.connect("worker.db")
    done.execute("CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, output TEXT)")
    pause = 1
    while True:
        try:
            taken = post(engine, "/worker-jobs/take", {"queues": [queue], "waitMs": 20_000, "leaseMs": LEASE_MS})
            pause = 1
            for job in taken["jobs"]:
                perform(engine, job, done)
        except (urllib.error.URLError, OSError) as error:
            print(f"the engine cannot be reached, trying again in {pause} s: {error}", file=sys.stderr)
            threading.Event().wait(pause)
            pause = min(pause * 2, 30)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2])

# SPDX-License-Identifier: MIT
"""The rules of sync, each with a way to switch it off: what mutation_test.py goes through.

Not in the tables, because nothing is lost or doubled without them:
- Old device ids are asked for in hello and fetch: a fork leaves an outbox with one device id, always.
- Covered may go down: the pushed base holds whatever covered ever said, and commands that are sent again are
  pending, which keeps them in the overlay whatever is covered.
- A stored refusal is repeated on a resend: this daemon says hello before it resends, and hello tells it.
- Higher numbers in hello confirm: without it the commands are sent again, which has no second effect.
- A datastore with another incarnation was set back: its versions have other tokens as well.
- A command for an id without a base asks for that id: the next change of the task brings it too, later.
- The document store's clock is kept: a command is stamped above its own task's base in any case.
- Locks, snapshots and the broadcaster of the real datastore are not part of the simulation: repository_test,
  datastore_test and two_devices_test see to them."""

"""What runs when: jobs, schedules, the code location and the `saldo` command.

What runs when:

definitions  the Dagster code location `saldo`: cheap and offline to load
location     where the settings file is
schedules    when each family of data is pulled
pulls        jobs that pull: everything from the beginning, or what is new in one family of data
passes       jobs that are one pass over a base, and the sensors that ring for them
repull       pull documents and movements of chosen months again, from the job's Partitions page
night        the night's job and the repair of what it named
tidy         dropping old landed bytes every night, where the settings do not keep them for ever
on_demand    the job behind POST /v1/counterparties/{id}/sync, and the sensor that starts it (BS-08)
by_hand      the job behind the buttons of the desk, and the sensor that starts it
statements   statements and files that somebody asked for: asset, job, and the sensor below the worker
orders       orders on their way into the books: asset, job, the job that sends chosen ones again, the sensor
storefront   telling the storefront: what changed becomes events, and events go to their receivers
events       reports on assets from jobs that work on many of them in one step, as each one's own step would

The processes:

cli          the `saldo` command
services     Dagster's three services, the worker, the API and the desk
worker       the warm process that draws statements and pushes orders within a moment
processes    child processes that live and die together
home         the state folder: where Dagster keeps its instance, apart from the checkout
graphql      the few questions the command asks Dagster's webserver

commands     one module a command of `saldo`
demo         the whole main job on simulated bases: `make demo`
"""

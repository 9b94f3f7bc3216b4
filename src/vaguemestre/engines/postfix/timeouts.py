"""Time-outs of Postfix's submission service, in seconds, as `main.cf` sets them.

`DECIDED_WITHIN`: how long after its client is gone a message may still be accepted. Its last bytes may be on
their way (`smtpd_timeout`); then each of the two milters (gate, signer) has its time to connect and answer.
"""

ARRIVAL = 60
MILTER_CONNECT = 5
MILTER_COMMAND = 10
MILTER_CONTENT = 30
_MILTERS = 2

DECIDED_WITHIN = ARRIVAL + _MILTERS * (MILTER_CONNECT + MILTER_CONTENT)

"""The running of the service, seen: figures over time, alarms with what to do, delays by destination."""

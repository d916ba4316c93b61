"""How the program tells whoever runs it how it does: counters, gauges, and the port where they can be asked for.

The only room that imports prometheus_client. It knows the services and the domain; nothing in it names a server, a
member or a text.
"""

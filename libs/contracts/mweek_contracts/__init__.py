"""What is said on the bus, and the documents that people write: the one package that every part may share.

It holds no behaviour of any service: message classes, subjects, streams and consumers as data, the catalogue that
names owner and consumers of each message, and the readers of fleet and pattern files.
"""

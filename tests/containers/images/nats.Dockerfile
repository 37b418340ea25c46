# Stands in for the official nats image where that cannot be pulled: the same static binary, called the same way.
FROM scratch
COPY nats-server /nats-server
EXPOSE 4222
ENTRYPOINT ["/nats-server"]

"""A private RabbitMQ node, for `hub up` and the tests."""

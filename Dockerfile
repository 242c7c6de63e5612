# The hub as a container: `docker build -t integration-hub .`; the base as it was tried, and no
# other: `--build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:…`
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
RUN python3 -m venv /opt/hub
COPY requirements.lock ./
RUN /opt/hub/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY contracts contracts
COPY clients clients
COPY service service
COPY sdk sdk
RUN /opt/hub/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index . \
    && /opt/hub/bin/pip uninstall --yes --quiet setuptools pip

FROM ${PYTHON_IMAGE}
RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
    && groupadd --gid 10001 hub \
    && useradd --uid 10001 --gid hub --no-create-home --home-dir /data --shell /usr/sbin/nologin hub \
    && install --directory --owner hub --group hub --mode 700 /data
COPY --from=build /opt/hub /opt/hub
ENV PATH=/opt/hub/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HUB_DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; hub = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('HUB_HTTP_PORT') or 8080), timeout=3); hub.request('GET', '/health/live'); sys.exit(hub.getresponse().status != 200)"]
ENTRYPOINT ["hub"]
CMD ["serve"]

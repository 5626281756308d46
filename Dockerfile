# The bot as a service: docker run -p 3000:3000 … serve --host 0.0.0.0
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-fund --no-audit && npm pack --pack-destination /out

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
RUN --mount=from=build,source=/out,target=/out npm install --global --omit=dev --omit=optional --no-fund --no-audit /out/*.tgz
ENV RAOS_CACHE=/var/cache/raos
RUN install -d -o node -g node "$RAOS_CACHE"
VOLUME /var/cache/raos
USER node
EXPOSE 3000
ENTRYPOINT ["raos"]
CMD ["serve", "--host", "0.0.0.0"]

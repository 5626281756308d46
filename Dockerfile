# The bot as a service: docker run -p 3000:3000 … serve --host 0.0.0.0
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-fund --no-audit
COPY . .
# The same script whose result the tests run the bot from.
RUN node tools/image-files.ts /out/raos

FROM node:24-bookworm-slim
# npm and yarn are of no use here, and are what scanners find most in.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn* /opt/yarn-* \
  && ln -s /opt/raos/bin/raos.js /usr/local/bin/raos \
  && install -d -o 65532 -g 65532 /var/cache/raos
COPY --from=build /out/raos /opt/raos
ENV NODE_ENV=production RAOS_CACHE=/var/cache/raos HOME=/tmp
VOLUME /var/cache/raos
USER 65532:65532
EXPOSE 3000
# No shell: the first process is the bot itself, which takes the container's signals.
ENTRYPOINT ["node", "/opt/raos/bin/raos.js"]
CMD ["serve", "--host", "0.0.0.0"]

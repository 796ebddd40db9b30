# Debian with glibc: the embedded engine ships as a glibc binary.
FROM node:20-slim AS build
WORKDIR /leeway
COPY package.json package-lock.json .npmrc ./
COPY scripts ./scripts
RUN node --input-type=module -e "import { installDependencies } from './scripts/prepare.mjs'; installDependencies()"
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /leeway
COPY --from=build /leeway/package.json /leeway/LICENSE ./
COPY --from=build /leeway/node_modules ./node_modules
COPY --from=build /leeway/dist ./dist
# Migrations are read as the .sql files they are.
COPY --from=build /leeway/src/store/migrations ./src/store/migrations
# The spool, and the embedded engine and queue where no servers are configured.
ENV LEEWAY_DATA_DIR=/var/lib/leeway
RUN mkdir -p /var/lib/leeway && chown node:node /var/lib/leeway
VOLUME /var/lib/leeway
USER node
EXPOSE 4317 4318
# `docker stop` sends SIGTERM: Leeway drains requests, spool and jobs.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4318/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/cli/main.js", "serve"]

# syntax=docker/dockerfile:1

# One image for every part of a production installation; compose.yaml says which part a container is.

FROM node:22-bookworm-slim AS base
ENV NEXT_TELEMETRY_DISABLED=1 TURBO_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1
WORKDIR /app

FROM base AS packages
COPY package.json package-lock.json .npmrc ./
COPY domain/package.json domain/
COPY prisma/package.json prisma/
COPY workers/package.json workers/
COPY server/package.json server/
COPY web/package.json web/
COPY test/package.json test/
RUN npm ci

FROM packages AS build
COPY . .
RUN npm run build && npm prune --omit=dev && rm -rf test .turbo web/.next/cache

FROM base AS runtime
ENV NODE_ENV=production
# Where the setup service leaves the addresses of the restricted roles, and where generated files go.
RUN install -d -o node -g node /run/outlay /data
COPY --from=build /app /app
ENV OUTLAY_HOST=0.0.0.0 OUTLAY_DATA_DIR=/data
USER node
EXPOSE 4000
CMD ["node", "--import", "tsx", "server/src/main.ts"]

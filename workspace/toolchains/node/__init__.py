"""Node and TypeScript projects: npm, pnpm and yarn; eslint, biome, tsc; jest, vitest, mocha and Node's own runner."""

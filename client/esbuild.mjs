// Bundles the extension, or with --tests its unit tests, into client/out.
import * as esbuild from 'esbuild';

const tests = process.argv.includes('--tests');
const watch = process.argv.includes('--watch');

const context = await esbuild.context({
  entryPoints: tests ? ['client/test/*.test.ts'] : ['client/src/extension.ts'],
  outdir: tests ? 'client/out/test' : 'client/out',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  sourcemap: true,
  minify: !tests && !watch,
  logLevel: 'warning',
});
if (watch) {
  await context.watch();
} else {
  await context.rebuild();
  await context.dispose();
}

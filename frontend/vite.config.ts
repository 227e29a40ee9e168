import { globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;

/**
 * The page's policy is `style-src 'self'`, which refuses style attributes written with setAttribute. Cornerstone 5.14
 * does so in exactly one line; the same text through the CSSOM is allowed. The build fails when the line has changed,
 * because a silent miss would show as measurements without their labels.
 */
function styleWithoutAttribute(): Plugin {
  const before = /textElement\.setAttribute\('style', (.+)\);/;
  let seen = false;
  return {
    name: 'style-without-attribute',
    apply: 'build',
    transform(code, id) {
      if (!id.replaceAll('\\', '/').endsWith('tools/dist/esm/drawingSvg/drawTextBox.js')) return null;
      seen = true;
      if (!before.test(code)) {
        throw new Error('drawTextBox.js no longer sets its style by attribute; expected one such line. Review styleWithoutAttribute in vite.config.ts.');
      }
      return { code: code.replace(before, 'textElement.style.cssText = $1;'), map: null };
    },
    buildEnd(error) {
      if (!error && usesViewer && !seen) {
        throw new Error('drawTextBox.js was not part of the build; @cornerstonejs/tools has moved it. Review styleWithoutAttribute in vite.config.ts.');
      }
    },
  };
}

const entryFiles = globSync('src/entries/*.ts', { cwd: root });
const usesViewer = entryFiles.some((file) => readFileSync(resolve(root, file), 'utf8').includes('viewer/'));

export default defineConfig({
  root,
  base: '/static/',
  publicDir: 'public',
  plugins: [styleWithoutAttribute()],
  // vtk.js needs xmlbuilder2 only for its XML readers, and xmlbuilder2 needs node:events: neither is wanted in a browser.
  resolve: { alias: { xmlbuilder2: resolve(root, 'src/viewer/xmlbuilder2.ts') } },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    // A data: address for WASM or icons would be refused by the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 6000,
    rollupOptions: {
      input: Object.fromEntries(entryFiles.map((file) => [basename(file, '.ts'), resolve(root, file)])),
    },
  },
});

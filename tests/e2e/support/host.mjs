// The site that embeds the widget: a web server of its own origin that serves whatever page a test needs.
import http from 'node:http';

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
export const scriptFile = 'bandyer-widget.min.js';

/** A page with the script tag of the README, and nothing else unless asked for. */
export function hostPage(serverOrigin, { head = '', body = '', script = true, scriptIn = 'body', attributes = '' } = {}) {
  const tag = script ? `<script src="${escape(serverOrigin)}/widget/${scriptFile}" ${attributes}></script>` : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Host page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
${head}${scriptIn === 'head' ? tag : ''}</head>
<body><main><h1>A host page</h1><p>Text of the site.</p></main>
${body}${scriptIn === 'body' ? tag : ''}</body></html>`;
}

export async function startHost() {
  const pages = new Map();
  let count = 0;
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    const page = pages.get(pathname);
    if (!page) {
      response.writeHead(404).end('no such page');
      return;
    }
    response.writeHead(200, { 'content-type': page.type, 'cache-control': 'no-store', ...page.headers });
    response.end(page.content);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  return {
    origin: `http://127.0.0.1:${port}`,
    /** Puts a page on the site and returns its address. */
    add(content, { headers = {}, type = 'text/html; charset=utf-8', path = `/page-${++count}` } = {}) {
      pages.set(path, { content, headers, type });
      return `http://127.0.0.1:${port}${path}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

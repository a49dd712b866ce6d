// SPDX-License-Identifier: EUPL-1.2
// What every page of the site has: the head, the place of the application, and what is said where
// scripts do not run. A page may bring its own description and its own words for the latter.
import type { HtmlTagDescriptor, Plugin } from 'vite';

const description = 'Głosowanie w budżecie obywatelskim: projekty, głosowanie, wyniki.';
const withoutScripts = `
      <p lang="pl">
        Głos szyfruje Twoja przeglądarka, dlatego ta strona potrzebuje JavaScriptu. Możesz też zagłosować w punkcie.
      </p>
      <p lang="en">
        Your browser encrypts your ballot, so this page needs JavaScript. You can also vote at a point.
      </p>
    `;

export function frame(): Plugin {
  return {
    name: 'frame',
    transformIndexHtml: {
      order: 'pre',
      handler(html) {
        const meta = (attrs: Record<string, string>): HtmlTagDescriptor => ({
          tag: 'meta',
          attrs,
          injectTo: 'head-prepend',
        });
        const tags = [
          meta({ charset: 'utf-8' }),
          meta({ name: 'viewport', content: 'width=device-width, initial-scale=1' }),
          meta({ name: 'color-scheme', content: 'light dark' }),
        ];
        if (!html.includes('name="description"'))
          tags.push(meta({ name: 'description', content: description }));
        tags.push(
          {
            tag: 'link',
            attrs: { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' },
            injectTo: 'head-prepend',
          },
          { tag: 'div', attrs: { id: 'app' }, injectTo: 'body-prepend' },
        );
        if (!html.includes('<noscript>')) {
          tags.push({ tag: 'noscript', children: withoutScripts, injectTo: 'body' });
        }
        return tags;
      },
    },
  };
}

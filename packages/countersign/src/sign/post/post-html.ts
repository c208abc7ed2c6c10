/**
 * An upload form as HTML.
 *
 * @module
 */
import type { PresignedPost } from './post-form.ts'

const MARKUP: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
])

/** Writes the form with its fields hidden, and a file input behind them. */
export function formatPostHtml({ url, fields }: Pick<PresignedPost, 'url' | 'fields'>): string {
  const inputs = fields.map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  )
  return [
    `<form action="${escape(url)}" method="post" enctype="multipart/form-data" accept-charset="utf-8">`,
    ...inputs,
    '<input type="file" name="file" required>',
    '<button>Upload</button>',
    '</form>',
    '',
  ].join('\n')
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => MARKUP.get(character) ?? character)
}

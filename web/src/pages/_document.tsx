import { Head, Html, Main, NextScript } from 'next/document'

export default function PlainDocument() {
  return (
    <Html lang="en-GB">
      <Head />
      <body>
        <Main />
        <NextScript />
      </body>
    </Html>
  )
}

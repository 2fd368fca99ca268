import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import '../app/globals.css'
import type { AppProps } from 'next/app'

/** The frame of the pages that are sent without scripts; every other page is under src/app. */
export default function PlainApp({ Component, pageProps }: AppProps) {
  return <Component {...pageProps} />
}

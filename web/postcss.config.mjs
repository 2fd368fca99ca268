/** Tailwind 4 is a PostCSS plugin; its tokens live in src/app/globals.css. */
const config = { plugins: { '@tailwindcss/postcss': {} } }
export default config

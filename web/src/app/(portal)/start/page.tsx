import { redirect } from 'next/navigation'

/** The address people remember; the page is Developers. */
export default function StartPage() {
  redirect('/developers')
}

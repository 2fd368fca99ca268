import { NotFoundMessage } from '../../components/ui/not-found-message.tsx'

export default function NotFound() {
  return <NotFoundMessage />
}

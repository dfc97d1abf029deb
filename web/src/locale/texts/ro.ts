import { byFolder } from './folder'

export const texts = byFolder(import.meta.glob('../../*/locale/ro.json', { eager: true, import: 'default' }))

import { byFolder } from './folder'

export const texts = byFolder(import.meta.glob('../../*/locale/en.json', { eager: true, import: 'default' }))

import { byFolder } from './folder'

export const texts = byFolder(import.meta.glob('../../*/locale/zh-TW.json', { eager: true, import: 'default' }))

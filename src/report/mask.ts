export { masked } from "../core/secret-text.ts";

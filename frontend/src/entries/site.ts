/** Loaded by every ordinary page: the styles and the few behaviours that pages share. */
import '../styles/site.css';
import { confirmDestructiveForms } from '../lib/confirm.ts';

confirmDestructiveForms(document);

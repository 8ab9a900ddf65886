BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE business (
	id VARCHAR NOT NULL, 
	CONSTRAINT pk_business PRIMARY KEY (id)
);
INSERT INTO "business" VALUES('studio');
CREATE TABLE client (
	id INTEGER NOT NULL, 
	business_id VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	region VARCHAR NOT NULL, 
	timezone VARCHAR NOT NULL, 
	kind VARCHAR, 
	phone VARCHAR NOT NULL, 
	pay_day INTEGER, 
	ladder VARCHAR NOT NULL, 
	chased_at DATETIME, 
	answered_at DATETIME, 
	next_look_at DATETIME, 
	version INTEGER NOT NULL, credit JSON DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_client PRIMARY KEY (id), 
	CONSTRAINT ck_client_kind CHECK (kind IN ('business', 'consumer')), 
	CONSTRAINT fk_client_business_id_business FOREIGN KEY(business_id) REFERENCES business (id), 
	CONSTRAINT uq_client_business_id_code UNIQUE (business_id, code)
);
INSERT INTO "client" VALUES(1,'studio','acme','Acme','fr','CA','QC','America/Montreal',NULL,'+1 514 555 0100',25,'gentle','2026-03-01 09:00:00.000000','2026-03-02 08:59:00.000000','2026-03-02 09:00:00.000000',1,'{}');
CREATE TABLE climb (
	id INTEGER NOT NULL, 
	invoice_id INTEGER NOT NULL, 
	rung VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	outbox_id INTEGER, 
	live BOOLEAN NOT NULL, 
	CONSTRAINT pk_climb PRIMARY KEY (id), 
	CONSTRAINT fk_climb_invoice_id_invoice FOREIGN KEY(invoice_id) REFERENCES invoice (id), 
	CONSTRAINT fk_climb_outbox_id_outbox FOREIGN KEY(outbox_id) REFERENCES outbox (id)
);
INSERT INTO "climb" VALUES(1,1,'courtesy','2026-03-02 09:00:00.000000',1,1);
INSERT INTO "climb" VALUES(2,2,'courtesy','2026-03-02 09:00:00.000000',2,1);
CREATE TABLE contact (
	id INTEGER NOT NULL, 
	client_id INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	email VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	first_name VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	reachability VARCHAR NOT NULL, 
	CONSTRAINT pk_contact PRIMARY KEY (id), 
	CONSTRAINT ck_contact_reachability CHECK (reachability IN ('good', 'doubtful', 'dead')), 
	CONSTRAINT ck_contact_role CHECK (role IN ('client', 'billing', 'assistant')), 
	CONSTRAINT fk_contact_client_id_client FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT uq_contact_client_id_email UNIQUE (client_id, email)
);
INSERT INTO "contact" VALUES(1,1,0,'Zoé@acme.example','zoé@acme.example','client','Zoé','Zoé Lévesque','doubtful');
INSERT INTO "contact" VALUES(2,1,1,'compta@acme.example','compta@acme.example','billing','','','good');
CREATE TABLE cursor (
	account VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	last_uid BIGINT NOT NULL, 
	CONSTRAINT pk_cursor PRIMARY KEY (account, folder)
);
INSERT INTO "cursor" VALUES('studio','INBOX',77,7);
CREATE TABLE example (
	id INTEGER NOT NULL, 
	mail_id INTEGER NOT NULL, 
	client_id INTEGER NOT NULL, 
	text VARCHAR NOT NULL, 
	intent VARCHAR NOT NULL, 
	hold BOOLEAN NOT NULL, 
	until DATE, 
	told_at DATETIME NOT NULL, 
	read_as VARCHAR NOT NULL, 
	adopted_at DATETIME, 
	CONSTRAINT pk_example PRIMARY KEY (id), 
	CONSTRAINT fk_example_client_id_client FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT fk_example_mail_id_inbox_mail FOREIGN KEY(mail_id) REFERENCES inbox_mail (id), 
	CONSTRAINT uq_example_mail_id UNIQUE (mail_id)
);
INSERT INTO "example" VALUES(1,1,1,'Bonjour é','question',1,NULL,'2026-03-02 09:00:00.000000','other',NULL);
CREATE TABLE hold (
	id INTEGER NOT NULL, 
	client_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	invoice VARCHAR, 
	held_by VARCHAR NOT NULL, 
	intent VARCHAR, 
	since DATETIME NOT NULL, 
	until DATE, 
	lapses BOOLEAN NOT NULL, 
	evidence VARCHAR NOT NULL, 
	mail_id INTEGER, 
	lifted_at DATETIME, 
	CONSTRAINT pk_hold PRIMARY KEY (id), 
	CONSTRAINT ck_hold_held_by CHECK (held_by IN ('person', 'machine', 'operator')), 
	CONSTRAINT fk_hold_client_id_client FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT uq_hold_client_id_number UNIQUE (client_id, number)
);
INSERT INTO "hold" VALUES(1,1,1,NULL,'person','personal_emergency','2026-03-02 09:00:00.000000',NULL,0,'je suis à l''hôpital',7,NULL);
INSERT INTO "hold" VALUES(2,1,2,'INV-2','machine',NULL,'2026-03-02 09:00:00.000000','2026-03-09',1,'',NULL,'2026-03-03 09:00:00.000000');
CREATE TABLE inbox_mail (
	id INTEGER NOT NULL, 
	business_id VARCHAR, 
	account VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	arrived_at DATETIME NOT NULL, 
	oversize BOOLEAN NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	message_id VARCHAR NOT NULL, 
	from_email VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	received_at DATETIME NOT NULL, 
	client_id INTEGER, 
	invoices JSON NOT NULL, 
	intent VARCHAR NOT NULL, 
	reply_text VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	outcome_facts JSON NOT NULL, 
	fault VARCHAR NOT NULL, 
	octets BLOB NOT NULL, 
	CONSTRAINT pk_inbox_mail PRIMARY KEY (id), 
	CONSTRAINT fk_inbox_mail_business_id_business FOREIGN KEY(business_id) REFERENCES business (id), 
	CONSTRAINT fk_inbox_mail_client_id_client FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT uq_inbox_mail_account_folder_uidvalidity_uid UNIQUE (account, folder, uidvalidity, uid)
);
INSERT INTO "inbox_mail" VALUES(1,'studio','studio','INBOX',77,7,'2026-03-02 09:00:00.000000',0,'sha-7','<r7@acme.example>','compta@acme.example','Re: 7','reply','2026-03-02 09:00:00.000000',1,'["INV-2"]','','Bonjour é','','{}','',X'5375626A6563743A20370D0A0D0A426F6E6A6F7572');
CREATE TABLE invoice (
	id INTEGER NOT NULL, 
	client_id INTEGER NOT NULL, 
	business_id VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	issued_on DATE NOT NULL, 
	due_on DATE NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	paid_minor BIGINT NOT NULL, 
	currency VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	standing VARCHAR NOT NULL, 
	live BOOLEAN NOT NULL, 
	delivered_on DATE, 
	pdf VARCHAR NOT NULL, 
	auto_answers INTEGER NOT NULL, waived_minor BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_invoice PRIMARY KEY (id), 
	CONSTRAINT ck_invoice_standing CHECK (standing IN ('open', 'promised', 'disputed', 'settled', 'written_off')), 
	CONSTRAINT fk_invoice_business_id_business FOREIGN KEY(business_id) REFERENCES business (id), 
	CONSTRAINT fk_invoice_client_id_client FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT uq_invoice_business_id_number UNIQUE (business_id, number)
);
INSERT INTO "invoice" VALUES(1,1,'studio','INV-2','2026-01-01','2026-02-01',125055,25055,'EUR','Site web','promised',1,'2026-01-03','inv-2.pdf',2,0);
INSERT INTO "invoice" VALUES(2,1,'studio','INV-3','2026-01-01','2026-02-15',5000,0,'JPY','','open',1,NULL,'',0,0);
CREATE TABLE invoice_file (
	invoice_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	octets BLOB NOT NULL, 
	CONSTRAINT pk_invoice_file PRIMARY KEY (invoice_id), 
	CONSTRAINT fk_invoice_file_invoice_id_invoice FOREIGN KEY(invoice_id) REFERENCES invoice (id)
);
INSERT INTO "invoice_file" VALUES(1,'inv-2.pdf',X'255044462D312E372000FF');
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	business_id VARCHAR, 
	at DATETIME NOT NULL, 
	client_id INTEGER, 
	invoice VARCHAR, 
	code VARCHAR NOT NULL, 
	facts JSON NOT NULL, 
	CONSTRAINT pk_journal PRIMARY KEY (id), 
	CONSTRAINT fk_journal_business_id_business FOREIGN KEY(business_id) REFERENCES business (id), 
	CONSTRAINT fk_journal_client_id_client FOREIGN KEY(client_id) REFERENCES client (id)
);
INSERT INTO "journal" VALUES(1,'studio','2026-03-02 09:00:00.000000',1,'INV-2','note','{"words":"à voir"}');
CREATE TABLE ledger (
	id INTEGER NOT NULL, 
	client_id INTEGER NOT NULL, 
	invoice_id INTEGER, 
	kind VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	cash_minor BIGINT NOT NULL, 
	paid_minor BIGINT NOT NULL, 
	waived_minor BIGINT NOT NULL, 
	booked_on DATE NOT NULL, 
	source VARCHAR NOT NULL, 
	reference VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	undoes INTEGER, 
	"before" JSON NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_ledger PRIMARY KEY (id), 
	CONSTRAINT ck_ledger_amount CHECK (cash_minor <> 0 OR paid_minor <> 0 OR waived_minor <> 0), 
	CONSTRAINT ck_ledger_kind CHECK (kind IN ('payment', 'credit_used', 'credit_note', 'write_off', 'fee', 'discount', 'cancellation', 'refund', 'chargeback')), 
	CONSTRAINT fk_ledger_client_id_client FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT fk_ledger_invoice_id_invoice FOREIGN KEY(invoice_id) REFERENCES invoice (id), 
	CONSTRAINT fk_ledger_undoes_ledger FOREIGN KEY(undoes) REFERENCES ledger (id), 
	CONSTRAINT uq_ledger_undoes UNIQUE (undoes)
);
INSERT INTO "ledger" VALUES(1,1,1,'payment','EUR',25055,25055,0,'2026-03-02','operator','REF','',NULL,'{}','2026-03-02 09:00:00.000000');
CREATE TABLE matter (
	id INTEGER NOT NULL, 
	business_id VARCHAR, 
	kind VARCHAR NOT NULL, 
	thing VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	client_id INTEGER, 
	invoice VARCHAR, 
	subject_key VARCHAR NOT NULL, 
	urgent BOOLEAN NOT NULL, 
	mail_id INTEGER, 
	facts JSON NOT NULL, 
	closed_at DATETIME, 
	alerted_at DATETIME, 
	CONSTRAINT pk_matter PRIMARY KEY (id), 
	CONSTRAINT fk_matter_business_id_business FOREIGN KEY(business_id) REFERENCES business (id), 
	CONSTRAINT fk_matter_client_id_client FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT fk_matter_mail_id_inbox_mail FOREIGN KEY(mail_id) REFERENCES inbox_mail (id)
);
INSERT INTO "matter" VALUES(1,'studio','reply','reply
1
INV-2
hold:1','2026-03-02 09:00:00.000000',1,'INV-2','hold:1',0,1,'{}',NULL,NULL);
CREATE TABLE meta (
	id INTEGER NOT NULL, 
	business_id VARCHAR, 
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY (id), 
	CONSTRAINT fk_meta_business_id_business FOREIGN KEY(business_id) REFERENCES business (id), 
	CONSTRAINT uq_meta_business_id_key UNIQUE (business_id, "key")
);
INSERT INTO "meta" VALUES(1,NULL,'generation','2');
INSERT INTO "meta" VALUES(2,NULL,'mode','live');
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	business_id VARCHAR NOT NULL, 
	client_id INTEGER, 
	state VARCHAR NOT NULL, 
	state_at DATETIME NOT NULL, 
	template VARCHAR NOT NULL, 
	invoices JSON NOT NULL, 
	climbs JSON NOT NULL, 
	chasing BOOLEAN NOT NULL, 
	automatic_answer BOOLEAN NOT NULL, 
	subject VARCHAR NOT NULL, 
	envelope_from VARCHAR NOT NULL, 
	recipients JSON NOT NULL, 
	message_id VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	not_before DATETIME NOT NULL, 
	expires_at DATETIME, 
	attempts INTEGER NOT NULL, 
	claimed_by VARCHAR NOT NULL, 
	claimed_until DATETIME, 
	response VARCHAR NOT NULL, 
	sent_at DATETIME, 
	filed_at DATETIME, 
	octets BLOB NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT ck_outbox_state CHECK (state IN ('proposed', 'queued', 'claimed', 'sending', 'sent', 'deferred', 'refused', 'withdrawn', 'in_doubt')), 
	CONSTRAINT fk_outbox_business_id_business FOREIGN KEY(business_id) REFERENCES business (id), 
	CONSTRAINT fk_outbox_client_id_client FOREIGN KEY(client_id) REFERENCES client (id), 
	CONSTRAINT uq_outbox_key UNIQUE ("key")
);
INSERT INTO "outbox" VALUES(1,'k1','studio',1,'sent','2026-03-02 09:00:00.000000','courtesy','["INV-2"]','[["INV-2","courtesy"]]',1,0,'Facture INV-2','me@studio.example','["compta@acme.example"]','<k1@studio.example>','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000',NULL,0,'',NULL,'250 ok','2026-03-02 09:00:00.000000',NULL,X'5375626A6563743A206B310D0A0D0A');
INSERT INTO "outbox" VALUES(2,'k2','studio',1,'queued','2026-03-02 09:00:00.000000','courtesy','["INV-3"]','[["INV-3","courtesy"]]',1,0,'Facture INV-3','me@studio.example','["compta@acme.example"]','<k2@studio.example>','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000',NULL,0,'',NULL,'',NULL,NULL,X'5375626A6563743A206B320D0A0D0A');
CREATE TABLE outbox_invoice (
	number VARCHAR NOT NULL, 
	outbox_id INTEGER NOT NULL, 
	CONSTRAINT pk_outbox_invoice PRIMARY KEY (number, outbox_id), 
	CONSTRAINT fk_outbox_invoice_outbox_id_outbox FOREIGN KEY(outbox_id) REFERENCES outbox (id)
);
INSERT INTO "outbox_invoice" VALUES('INV-2',1);
INSERT INTO "outbox_invoice" VALUES('INV-3',2);
CREATE TABLE promise (
	id INTEGER NOT NULL, 
	invoice_id INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	made_on DATE NOT NULL, 
	due_on DATE NOT NULL, 
	kept BOOLEAN, 
	CONSTRAINT pk_promise PRIMARY KEY (id), 
	CONSTRAINT fk_promise_invoice_id_invoice FOREIGN KEY(invoice_id) REFERENCES invoice (id), 
	CONSTRAINT uq_promise_invoice_id_made_on_due_on UNIQUE (invoice_id, made_on, due_on)
);
INSERT INTO "promise" VALUES(1,1,0,'2026-02-03','2026-02-20',0);
INSERT INTO "promise" VALUES(2,1,1,'2026-02-21','2026-03-09',NULL);
CREATE INDEX ix_client_next_look_at ON client (next_look_at) WHERE next_look_at IS NOT NULL;
CREATE INDEX ix_contact_address ON contact (address);
CREATE INDEX ix_invoice_client_id ON invoice (client_id);
CREATE INDEX ix_invoice_live ON invoice (client_id) WHERE live = 1;
CREATE INDEX ix_invoice_number ON invoice (number);
CREATE INDEX ix_inbox_mail_client_id_received_at ON inbox_mail (client_id, received_at);
CREATE INDEX ix_inbox_mail_message_id ON inbox_mail (message_id);
CREATE INDEX ix_inbox_mail_received_at ON inbox_mail (received_at);
CREATE INDEX ix_inbox_mail_sha256 ON inbox_mail (sha256);
CREATE INDEX ix_outbox_answers ON outbox (client_id, created_at) WHERE automatic_answer = 1;
CREATE INDEX ix_outbox_client_id_state ON outbox (client_id, state);
CREATE INDEX ix_outbox_message_id ON outbox (message_id);
CREATE INDEX ix_outbox_state_not_before ON outbox (state, not_before);
CREATE INDEX ix_outbox_unfiled ON outbox (state, sent_at) WHERE filed_at IS NULL AND client_id IS NOT NULL;
CREATE INDEX ix_climb_outbox_id ON climb (outbox_id);
CREATE UNIQUE INDEX uq_climb_invoice_id_rung_live ON climb (invoice_id, rung) WHERE live = 1;
CREATE UNIQUE INDEX uq_meta_key_installation ON meta ("key") WHERE business_id IS NULL;
CREATE INDEX ix_journal_at ON journal (at);
CREATE INDEX ix_journal_client_id ON journal (client_id);
CREATE INDEX ix_journal_invoice ON journal (invoice);
CREATE INDEX ix_matter_at ON matter (at);
CREATE INDEX ix_matter_client_id ON matter (client_id);
CREATE UNIQUE INDEX uq_matter_thing_open ON matter (thing) WHERE closed_at IS NULL;
CREATE INDEX ix_ledger_client_id ON ledger (client_id);
CREATE INDEX ix_ledger_invoice_id ON ledger (invoice_id);
CREATE INDEX ix_ledger_booked_on ON ledger (booked_on);
CREATE INDEX ix_example_client_id ON example (client_id);
COMMIT;

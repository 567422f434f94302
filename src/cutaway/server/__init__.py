"""The live server: a bundle and its page on localhost, and runs on demand.

Last stage of the pipeline, one of the thin front doors. ``resources`` are bodies with a validator and
a compressed form; ``site`` knows what is served for some models; ``app`` puts that on addresses;
``guard`` decides who may ask; ``listen`` owns ports, threads and the browser.
"""

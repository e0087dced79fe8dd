import json, time
from datetime import date
from dunkelwerk.lines.credit_protection.synthetic.notices import notices
from dunkelwerk.lines.credit_protection.synthetic.register import case_files
ON=date(2026,11,2)
def test_probe(run_cli, tmp_path):
    t=time.time()
    def w(n, rows):
        p=tmp_path/n; p.write_text("".join(json.dumps(r)+"\n" for r in rows)); return p
    c=w("c", case_files(seed=7,contracts=2000,on=ON)); n=w("n", notices(seed=7,contracts=2000,on=ON,count=500))
    def step(*a, **k):
        t=time.time(); r=run_cli(*a, **k); print(a[0], round(time.time()-t,2), r.returncode, r.stdout[-600:], r.stderr[-600:]); return r
    print("gen", time.time()-t)
    step("load", c); step("inbox","add",n)
    step("export","case-files","--out",tmp_path/"before")
    step("decide","follow-up-sick-note","--case-files",tmp_path/"before","--notices",n,"--on","2026-11-02","--out",tmp_path/"d")
    step("work","--once","--on","2026-11-02")
    step("check"); step("export","decisions","--out",tmp_path/"dec")
    step("work","--help")

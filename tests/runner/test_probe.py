import os, signal, subprocess, sys, time
from pathlib import Path
from work_support import *
def ps(pid):
    return subprocess.run(["ps","-o","pid,ppid,stat,etimes,args","--ppid",str(pid)],capture_output=True,text=True).stdout
def test_probe(world, database_url):
    world.load(*(household(n) for n in range(1,41)))
    cmd=Path(sys.executable).with_name("dunkelwerk")
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        p=subprocess.Popen([cmd,"work","--workers","2"],stdout=subprocess.PIPE,stderr=subprocess.PIPE,text=True)
        time.sleep(4)
        kids=subprocess.run(["pgrep","-P",str(p.pid)],capture_output=True,text=True).stdout.split()
        print(sig, kids)
        p.send_signal(sig)
        try:
            out=p.communicate(timeout=6)
        except subprocess.TimeoutExpired:
            print("parent hangs"); p.kill(); out="?"
        print(p.returncode, out)
        time.sleep(2)
        for k in kids:
            print(k, subprocess.run(["ps","-o","pid,ppid,stat,args","-p",k],capture_output=True,text=True).stdout[-200:])
            try: os.kill(int(k), 9)
            except ProcessLookupError: pass
    # kill child
    p=subprocess.Popen([cmd,"work","--workers","2"],stdout=subprocess.PIPE,stderr=subprocess.PIPE,text=True)
    time.sleep(4)
    kids=subprocess.run(["pgrep","-P",str(p.pid)],capture_output=True,text=True).stdout.split()
    for k in kids: print(subprocess.run(["ps","-o","pid,ppid,stat,args","-p",k],capture_output=True,text=True).stdout[-150:])
    os.kill(int(kids[-1]),9)
    try: out=p.communicate(timeout=10); 
    except subprocess.TimeoutExpired: out="hang"; p.kill()
    print("child killed:", p.returncode, out)
    for k in kids:
            print(k, subprocess.run(["ps","-o","pid,ppid,stat,args","-p",k],capture_output=True,text=True).stdout[-200:])

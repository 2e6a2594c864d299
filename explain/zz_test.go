package explain
import ("testing";"fmt";"os";"github.com/vpcreach/vpcreach/internal/scenario";"github.com/vpcreach/vpcreach/solver")
func TestZZ(t *testing.T){
 f,_:=os.Create("/tmp/zz.txt")
 everyQuestion(t, func(t *testing.T, s scenario.Scenario, q scenario.Question, r *solver.Result){
  fmt.Fprintf(f,"######## %s:%d %s\n%s\n",s.File,q.Line,s.Title,textOf(t,r,TextOptions{Width:120}))
 })
 f.Close()
 g,_:=os.Create("/tmp/zz.json")
 n:=0
 everyQuestion(t, func(t *testing.T, s scenario.Scenario, q scenario.Question, r *solver.Result){
  n++
  if n%40==0 { g.Write(jsonOf(t,r,JSONOptions{})) }
 })
}

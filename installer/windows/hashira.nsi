; SPDX-License-Identifier: MIT
; The setup program: for one person, without administrator's rights. build.sh gives VERSION, STAGE (what is installed), OUT,
; LISTS (the generated lists of files) and SIZE (of it all, in KiB). What its exit codes mean: installer/windows/README.md.
Target amd64-unicode ; first: Debian's makensis makes a 32-bit program otherwise
Unicode true
ManifestSupportedOS Win10
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetDatablockOptimize on
CRCCheck force
AllowSkipFiles off ; a file that cannot be written ends the installation, also a silent one
XPStyle on

!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include x64.nsh
!include MUI2.nsh

!define ARP "Software\Microsoft\Windows\CurrentVersion\Uninstall\Hashira"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define DATA "$LOCALAPPDATA\hashira"

!define DONE 0
!define FAILED 2 ; NSIS's own: a file could not be written
!define NEWER 3
!define BUSY 4
!define SYSTEM 5

Name "Hashira"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Hashira"
InstallDirRegKey HKCU "${ARP}" "InstallLocation"
BrandingText "Hashira ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Hashira"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Setup of Hashira"
VIAddVersionKey "CompanyName" "The Hashira authors"
VIAddVersionKey "LegalCopyright" "MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\hashirad.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Start Hashira"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${STAGE}\LICENSE.txt"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

!insertmacro GetParameters
!insertmacro GetOptions
!insertmacro VersionCompare

Var log       ; a file
Var upgrading ; the version that was there, or empty
Var running   ; whether a daemon ran: "1"

; One line of the setup's log, which stays in %TEMP%: a silent run says nothing else.
!macro say text
  DetailPrint `${text}`
  FileWrite $log `${text}$\r$\n`
!macroend
!define Say "!insertmacro say"

; Pushes "1" where the option is on the command line, else "".
!macro option un
Function ${un}option
  Exch $0
  Push $1
  ${${un}GetParameters} $1
  ClearErrors
  ${${un}GetOptions} $1 "$0" $0
  ${If} ${Errors}
    StrCpy $0 ""
  ${Else}
    StrCpy $0 "1"
  ${EndIf}
  Pop $1
  Exch $0
FunctionEnd

; Whether the program runs or is held open by somebody else: Windows lets nobody write it then.
Function ${un}held
  Exch $0
  ${If} ${FileExists} "$INSTDIR\$0"
    ClearErrors
    FileOpen $0 "$INSTDIR\$0" a
    ${If} ${Errors}
      StrCpy $0 "1"
    ${Else}
      FileClose $0
      StrCpy $0 ""
    ${EndIf}
  ${Else}
    StrCpy $0 ""
  ${EndIf}
  Exch $0
FunctionEnd

; Waits $0 tenths of a second at most until none of the programs runs; pushes the one that does, or "".
Function ${un}waitForEnd
  Exch $0
  Push $1
  ${Do}
    StrCpy $1 "hashirad.exe"
    Push $1
    Call ${un}held
    Pop $1
    ${If} $1 == ""
      StrCpy $1 "hashira-board.exe"
      Push $1
      Call ${un}held
      Pop $1
      ${If} $1 == ""
        StrCpy $1 "hashira.exe"
        Push $1
        Call ${un}held
        Pop $1
        ${If} $1 == ""
          ${ExitDo}
        ${EndIf}
        StrCpy $1 "hashira.exe"
      ${Else}
        StrCpy $1 "hashira-board.exe"
      ${EndIf}
    ${Else}
      StrCpy $1 "hashirad.exe"
    ${EndIf}
    ${If} $0 < 1
      ${ExitDo}
    ${EndIf}
    IntOp $0 $0 - 1
    Sleep 100
  ${Loop}
  StrCpy $0 $1
  Pop $1
  Exch $0
FunctionEnd

; The board is asked to close as its window is, the daemon to end over its own API, in order; then they are waited for; and killed
; only after that. Nothing that was acknowledged is lost by it. Pushes the program that still runs, or "".
Function ${un}stopPrograms
  Push $0
  Push $1
  ; The board first: it would start the daemon again. Asked each second, as its window may be still to come.
  StrCpy $1 0
  ${Do}
    Push "hashira-board.exe"
    Call ${un}held
    Pop $0
    ${If} $0 == ""
    ${OrIf} $1 > 100
      ${ExitDo}
    ${EndIf}
    IntOp $0 $1 % 10
    ${If} $0 == 0
      nsExec::Exec /TIMEOUT=10000 '"$SYSDIR\taskkill.exe" /IM hashira-board.exe'
      Pop $0
      ${Say} "asked the board to close: $0"
    ${EndIf}
    IntOp $1 $1 + 1
    Sleep 100
  ${Loop}
  StrCpy $running ""
  Push "hashirad.exe"
  Call ${un}held
  Pop $running
  ${If} $running == "1"
  ${AndIf} ${FileExists} "$INSTDIR\hashira.exe"
    nsExec::Exec /TIMEOUT=30000 '"$INSTDIR\hashira.exe" quit'
    Pop $0
    ${Say} "asked the daemon to end: $0"
  ${EndIf}
  Push 100
  Call ${un}waitForEnd
  Pop $0
  ${If} $0 != ""
    ${Say} "$0 still runs: it is killed"
    nsExec::Exec /TIMEOUT=10000 '"$SYSDIR\taskkill.exe" /F /IM hashirad.exe'
    Pop $1
    nsExec::Exec /TIMEOUT=10000 '"$SYSDIR\taskkill.exe" /F /IM hashira-board.exe'
    Pop $1
    nsExec::Exec /TIMEOUT=10000 '"$SYSDIR\taskkill.exe" /F /IM hashira.exe'
    Pop $1
    Push 100
    Call ${un}waitForEnd
    Pop $0
  ${EndIf}
  Pop $1
  Exch $0
FunctionEnd
!macroend
!insertmacro option ""
!insertmacro option "un."

Function .onInit
  FileOpen $log "$TEMP\hashira-setup.log" w
  ${IfNot} ${AtLeastWin10}
  ${OrIfNot} ${RunningX64}
    ${Say} "this Windows is too old"
    MessageBox MB_ICONSTOP "Hashira needs Windows 10 or newer, 64 bit." /SD IDOK
    SetErrorLevel ${SYSTEM}
    Quit
  ${EndIf}
  ReadRegStr $upgrading HKCU "${ARP}" "DisplayVersion"
  ${If} $upgrading == ""
    Return
  ${EndIf}
  ${Say} "$upgrading is installed, this is ${VERSION}"
  ${VersionCompare} "$upgrading" "${VERSION}" $0
  Push "/ALLOWDOWNGRADE"
  Call option
  Pop $1
  ${If} $0 == 1
  ${AndIf} $1 == ""
    ${Say} "refused: it is newer"
    MessageBox MB_ICONSTOP "Hashira $upgrading is installed, which is newer than ${VERSION}. An older one may not read its files. To install it all the same, start this setup with /ALLOWDOWNGRADE." /SD IDOK
    SetErrorLevel ${NEWER}
    Quit
  ${EndIf}
FunctionEnd

; Whatever ended it half way: nothing of it is left that could run. After an upgrade its entry in the list of programs stays, and
; with it the uninstaller and what the person chose; the next setup is an upgrade again.
Function .onInstFailed
  ${Say} "failed: what was written is removed"
  !include "${LISTS}/uninstall.nsh"
  ${If} $upgrading == ""
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
  ${EndIf}
FunctionEnd

Section
  SetShellVarContext current
again:
  Call stopPrograms
  Pop $0
  ${If} $0 != ""
    ${Say} "$0 cannot be ended"
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$0 is still running. Close it, then try again." /SD IDCANCEL IDRETRY again
    SetErrorLevel ${BUSY}
    Quit
  ${EndIf}

  ; The old version takes its own files away, so that none of them stays behind. It keeps the rest.
  ${If} $upgrading != ""
  ${AndIf} ${FileExists} "$INSTDIR\uninstall.exe"
    ExecWait '"$INSTDIR\uninstall.exe" /S /UPGRADE _?=$INSTDIR' $0
    ${Say} "took $upgrading away: $0"
  ${EndIf}

  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ; Libraries first: without the programs, which come last, nothing of it runs.
  !include "${LISTS}/install.nsh"
  ${Say} "files are in $INSTDIR"

  CreateShortCut "$SMPROGRAMS\Hashira.lnk" "$INSTDIR\${FACE}" "" "$INSTDIR\hashirad.exe" 0
  WriteRegStr HKCU "${ARP}" "DisplayName" "Hashira"
  WriteRegStr HKCU "${ARP}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ARP}" "DisplayIcon" "$INSTDIR\hashirad.exe"
  WriteRegStr HKCU "${ARP}" "Publisher" "The Hashira authors"
  WriteRegStr HKCU "${ARP}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${ARP}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${ARP}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${ARP}" "EstimatedSize" ${SIZE}
  WriteRegDWORD HKCU "${ARP}" "NoModify" 1
  WriteRegDWORD HKCU "${ARP}" "NoRepair" 1

  ; Whoever was here before has chosen: a value that is there names this version, one that was removed stays removed.
  ReadRegStr $0 HKCU "${RUN}" "Hashira"
  Push "/NOAUTOSTART"
  Call option
  Pop $1
  ${If} $upgrading == ""
  ${AndIf} $1 == ""
  ${OrIf} $0 != ""
    WriteRegStr HKCU "${RUN}" "Hashira" '"$INSTDIR\hashirad.exe"'
    ${Say} "it starts with the session"
  ${EndIf}

  Push "/RUN"
  Call option
  Pop $1
  ${If} $running == "1"
  ${OrIf} $1 == "1"
    Exec '"$INSTDIR\hashirad.exe"'
    ${Say} "started"
  ${EndIf}
  SetErrorLevel ${DONE}
  ${Say} "done"
SectionEnd

Function un.onInit
  FileOpen $log "$TEMP\hashira-uninstall.log" w
FunctionEnd

; QtKeychain keeps the datastore's token among Windows' credentials under the name that sign-in.json tells.
Function un.forgetToken
  ClearErrors
  FileOpen $0 "${DATA}\sign-in.json" r
  ${If} ${Errors}
    Return
  ${EndIf}
  ${Do}
    ClearErrors
    FileRead $0 $1
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    ${un.WordFind2X} $1 '"key": "' '"' "E+1" $2
    ${IfNot} ${Errors}
      System::Call 'advapi32::CredDeleteW(w "$2", i 1, i 0) i.r3'
      ${Say} "the token is forgotten: $3"
    ${EndIf}
  ${Loop}
  FileClose $0
FunctionEnd

Section "Uninstall"
  SetShellVarContext current
  Call un.stopPrograms
  Pop $0
  ${If} $0 != ""
    ${Say} "$0 cannot be ended"
    MessageBox MB_ICONEXCLAMATION "$0 is still running. Close it, then try again." /SD IDOK
    SetErrorLevel ${BUSY}
    Quit
  ${EndIf}
  ; Exactly what was installed: whatever else is in the directory belongs to somebody.
  !include "${LISTS}/uninstall.nsh"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Push "/UPGRADE"
  Call un.option
  Pop $0
  ${If} $0 == "1"
    SetErrorLevel ${DONE}
    Return
  ${EndIf}

  Delete "$SMPROGRAMS\Hashira.lnk"
  DeleteRegValue HKCU "${RUN}" "Hashira"
  DeleteRegKey HKCU "${ARP}"

  Push "/PURGE"
  Call un.option
  Pop $0
  ${If} $0 == ""
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Hashira is gone. Delete all tasks on this computer too? What was not synced is lost then." /SD IDNO IDNO kept
  ${EndIf}
  Call un.forgetToken
  RMDir /r "${DATA}"
  RMDir /r "$APPDATA\hashira"
  ${Say} "the tasks are deleted"
kept:
  SetErrorLevel ${DONE}
  ${Say} "done"
SectionEnd

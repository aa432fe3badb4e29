import { PlusOutlined } from '@ant-design/icons';
import { Button, Input, Space } from 'antd';
import { useState } from 'react';
import { useScene } from '../scene.ts';

/** A name that is given, or changed, when the author is done with it: Enter, the key beside it, or leaving the field. */
export function NewName(props: {
  readonly value: string;
  readonly label: string;
  readonly onName: (name: string) => void;
}) {
  const { readOnly } = useScene();
  const [text, setText] = useState<string>();
  const isNew = props.value === '';
  const done = () => {
    const name = (text ?? props.value).trim();
    setText(undefined);
    if (name !== props.value) props.onName(name);
  };
  return (
    <Space.Compact block size="small">
      <Input
        aria-label={props.label}
        placeholder={props.label}
        className="heddle-i-name"
        value={text ?? props.value}
        disabled={readOnly}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={done}
        onBlur={done}
      />
      {isNew ? (
        <Button
          icon={<PlusOutlined aria-hidden="true" />}
          aria-label={props.label}
          disabled={!text?.trim()}
          onClick={done}
        />
      ) : null}
    </Space.Compact>
  );
}
